"""What the schema of a kind says: fields, types, values, versions."""
