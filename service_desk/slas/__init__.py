"""SLAs: calendars, business time, promises and clocks with pauses."""
