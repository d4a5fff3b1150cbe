"""The promises that tkt keeps, one for each test; the folders mirror the rooms."""
