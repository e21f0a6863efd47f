//go:build linux || darwin || freebsd

package disk

import "syscall"

// Space returns the free and the total bytes of the file system that holds path.
func Space(path string) (free, total uint64, err error) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(path, &stat); err != nil {
		return 0, 0, err
	}

	return uint64(stat.Bavail) * uint64(stat.Bsize), stat.Blocks * uint64(stat.Bsize), nil
}
