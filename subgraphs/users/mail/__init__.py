"""Letters by mail: how they read, how they travel, and the duty that sends them."""
