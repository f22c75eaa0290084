//! A document's one canonical form: strict JSON, JCS, JSON-LD to RDF, RDFC-1.0.
