"""What phones and FreeSWITCH need to know each other: the SIP directory."""
