"""The roof: settings, addresses, what runs at all times, and what looks over all the apps below."""
