"""The quarterly return (季度报表): what villages, townships and the county send up, kept as it was sent."""
