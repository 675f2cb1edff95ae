"""Sangdam (상담), a multi-tenant cloud contact centre. ARCHITECTURE: a pure core decides, a thin shell acts."""
