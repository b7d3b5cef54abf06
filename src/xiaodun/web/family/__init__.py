"""家长: absence in two taps, the child's own record, consent and corrections. Entered by a signed link."""
