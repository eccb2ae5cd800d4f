"""City: authorities (tenants), versioned areas and centres, streets, places, units."""
