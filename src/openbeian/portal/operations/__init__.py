"""Running the portal: what happens in the background, whether it is well, copies of it."""
