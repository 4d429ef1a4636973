"""Journeys of people: a real browser, a real server, real SDKs; every step as a person would do it."""
