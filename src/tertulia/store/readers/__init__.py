"""What readers do with what they read: read state, levels of topics, votes, bookmarks, views, sightings."""
