"""Reports: typed lines → what people download."""
