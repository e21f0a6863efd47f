package apierr_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEveryCodeIsDocumented reads the sources: every code that an error is made
// with stands in docs/api.md, and every code there is one of the sources'.
//
// Parity: WB-errors, DC-errors.
func TestEveryCodeIsDocumented(t *testing.T) {
	made, literals := codes(t)
	documented := table(t)

	for _, code := range slices.Sorted(maps.Keys(made)) {
		switch status, listed := documented[code]; {
		case !listed:
			t.Errorf("docs/api.md lacks the code %s", code)
		case made[code] != "" && !strings.Contains(status, made[code]):
			t.Errorf("docs/api.md gives %s the status %s, the sources %s", code, status, made[code])
		}
	}
	for _, code := range slices.Sorted(maps.Keys(documented)) {
		if !literals[code] {
			t.Errorf("docs/api.md lists %s, which no source knows", code)
		}
	}
	if len(made) < 20 {
		t.Errorf("found only %d codes in the sources", len(made))
	}
}

// table maps the codes in the table at the end of docs/api.md to their status.
func table(t *testing.T) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rows, found := strings.Cut(string(raw), "## Error codes")
	if !found {
		t.Fatal("docs/api.md has no table of codes")
	}

	set := map[string]string{}
	for _, line := range strings.Split(rows, "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 3 {
			continue
		}
		for _, match := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(cells[1], -1) {
			set[match[1]] = strings.TrimSpace(cells[2])
		}
	}

	return set
}

// codes returns the codes given to New, literally or as a constant, with their
// status where it is literal too, and all string literals of the sources.
func codes(t *testing.T) (made map[string]string, literals map[string]bool) {
	t.Helper()
	made, literals = map[string]string{}, map[string]bool{}
	constants := map[string]string{}
	var calls []*ast.CallExpr

	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}

		ast.Inspect(file, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
					literals[text] = true
				}
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if i < len(n.Values) {
						if text, ok := literal(n.Values[i]); ok {
							constants[name.Name] = text
						}
					}
				}
			case *ast.CallExpr:
				if isNew(n.Fun, file.Name.Name) && len(n.Args) == 4 {
					calls = append(calls, n)
				}
			}

			return true
		})

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	for _, call := range calls {
		code, ok := literal(call.Args[1])
		if name, isName := call.Args[1].(*ast.Ident); !ok && isName {
			code = constants[name.Name]
		}
		if status := statusOf(call.Args[0]); code != "" && (made[code] == "" || status != "") {
			made[code] = status
		}
	}

	return made, literals
}

// statusOf is the number of a constant such as http.StatusConflict, or "".
func statusOf(expr ast.Expr) string {
	selector, ok := expr.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	name := strings.TrimPrefix(selector.Sel.Name, "Status")
	for status := 400; status < 600; status++ {
		if strings.ReplaceAll(http.StatusText(status), " ", "") == name {
			return strconv.Itoa(status)
		}
	}

	return ""
}

func isNew(function ast.Expr, pkg string) bool {
	switch f := function.(type) {
	case *ast.SelectorExpr:
		room, ok := f.X.(*ast.Ident)

		return ok && room.Name == "apierr" && f.Sel.Name == "New"
	case *ast.Ident:
		return pkg == "apierr" && f.Name == "New"
	default:
		return false
	}
}

func literal(expr ast.Expr) (string, bool) {
	basic, ok := expr.(*ast.BasicLit)
	if !ok || basic.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(basic.Value)

	return text, err == nil
}
