"""Community: the city among its residents, and what was promised to them there."""
