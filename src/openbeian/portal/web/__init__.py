"""What every page shares: layout, stylesheet, template tags, language, error pages, the signed-in home."""
