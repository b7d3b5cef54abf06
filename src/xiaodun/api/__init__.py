"""JSON faces for devices and other systems: /api/v1, typed, problem+json, one valid OpenAPI document."""
