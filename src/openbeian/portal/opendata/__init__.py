"""Open data: downloads of the whole register, feeds, badges, the sitemap and a static copy of the site."""
