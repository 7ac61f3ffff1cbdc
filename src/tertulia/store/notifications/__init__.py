"""What people were told: rows written and read, who might want to hear of something, who keeps whom away."""
