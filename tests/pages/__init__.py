"""README and the documents: their code, links and generated parts."""
