"""Sangdam (상담), a multi-tenant cloud contact centre: a pure core decides, a thin shell acts."""
