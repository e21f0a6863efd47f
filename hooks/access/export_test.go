package access

// SetupCode is the code the wizard asks for, as it is printed.
func (r *Room) SetupCode() string {
	r.mu.Lock()
	defer r.mu.Unlock()

	return r.code[:4] + "-" + r.code[4:]
}
