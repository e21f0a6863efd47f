package collections

import "slices"

// Reaches of a scoped permission, from narrow to wide. A wider one includes the
// narrower ones.
var reaches = [...]string{"own", "team", "all"}

// Permissions lists every permission there is, in the order screens show them.
func Permissions() []string {
	var list []string
	for _, noun := range []string{"contacts", "inbox", "agenda"} {
		for _, verb := range []string{"view", "edit"} {
			for _, reach := range reaches {
				list = append(list, noun+"."+verb+"_"+reach)
			}
		}
	}

	return append(list,
		"contacts.add", "contacts.delete", "contacts.export", "contacts.import", "contacts.manage",
		"inbox.reply", "inbox.assign",
		"agenda.book", "agenda.overbook", "agenda.manage",
		"agents.manage", "channels.manage", "members.manage", "company.manage",
		"reports.view", "billing.manage",
	)
}

// RolePermissions returns the permissions of a seeded role: owner, admin,
// manager or agent. Scoped permissions are given by their widest reach; see
// [Closure].
func RolePermissions(key string) []string {
	switch key {
	case "owner":
		return Permissions()
	case "admin":
		return slices.DeleteFunc(Permissions(), func(p string) bool { return p == "billing.manage" })
	case "manager":
		return Closure([]string{
			"contacts.view_all", "contacts.edit_all", "contacts.add", "contacts.delete", "contacts.export", "contacts.import", "contacts.manage",
			"inbox.view_all", "inbox.edit_all", "inbox.reply", "inbox.assign",
			"agenda.view_all", "agenda.edit_all", "agenda.book", "agenda.overbook", "agenda.manage",
			"reports.view",
		})
	case "agent":
		return Closure([]string{
			"contacts.view_all", "contacts.edit_all", "contacts.add",
			"inbox.view_own", "inbox.edit_own", "inbox.reply",
			"agenda.view_all", "agenda.edit_own", "agenda.book",
		})
	default:
		return nil
	}
}

// Closure adds the narrower reaches that a wider one includes, drops unknown
// names and duplicates, and returns the rest in canonical order.
func Closure(permissions []string) []string {
	held := map[string]bool{}
	for _, p := range permissions {
		held[p] = true
		for i := len(reaches) - 1; i > 0; i-- {
			if base, ok := cutReach(p, reaches[i]); ok {
				for _, narrower := range reaches[:i] {
					held[base+narrower] = true
				}
			}
		}
	}

	return slices.DeleteFunc(Permissions(), func(p string) bool { return !held[p] })
}

func cutReach(permission, reach string) (base string, ok bool) {
	suffix := "_" + reach
	if len(permission) > len(suffix) && permission[len(permission)-len(suffix):] == suffix {
		return permission[:len(permission)-len(reach)], true
	}

	return "", false
}
