"""What a file may state, and of what shape: rules as data, pydantic's schemas, JSON Schema."""
