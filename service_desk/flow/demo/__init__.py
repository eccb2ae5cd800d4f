"""A believable past for demonstrations and load: a year of tickets as the use-cases would have left them, written in bulk."""

from service_desk.flow.demo.past import DemoExists, NotADemo, Seeded, seed_past

__all__ = ["DemoExists", "NotADemo", "Seeded", "seed_past"]
