package inbox

// DistributeOne is open to the test that lets many try at once.
func (r *Room) DistributeOne(id string, online []string) (bool, error) {
	return r.distributeOne(id, online)
}
