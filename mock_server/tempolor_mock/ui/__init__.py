"""Pages for people: a look into the worlds, and the documents in Swagger UI. No page loads anything from elsewhere."""
