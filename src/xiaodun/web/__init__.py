"""Pages, one room for each audience; rooms do not know each other. The frame they share is `page`."""
