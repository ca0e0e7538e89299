"""The documentation as a web site, and what is generated for it: the REST reference and the Postman collection."""
