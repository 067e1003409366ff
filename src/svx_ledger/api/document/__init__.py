"""What the API is, for programs: JSON Schemas of what is sent and answered, and OpenAPI 3.1."""
