"""`python -m service_desk` is `service-desk`."""

from service_desk.cli import main

main()
