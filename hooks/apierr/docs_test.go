package apierr_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
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
func TestEveryCodeIsDocumented(t *testing.T) {
	made, literals := codes(t)
	documented := table(t)

	for _, code := range slices.Sorted(maps.Keys(made)) {
		if !documented[code] {
			t.Errorf("docs/api.md lacks the code %s", code)
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

// table is the set of codes in the table at the end of docs/api.md.
func table(t *testing.T) map[string]bool {
	t.Helper()
	raw, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rows, found := strings.Cut(string(raw), "## Error codes")
	if !found {
		t.Fatal("docs/api.md has no table of codes")
	}

	set := map[string]bool{}
	for _, line := range strings.Split(rows, "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 3 {
			continue
		}
		for _, match := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(cells[1], -1) {
			set[match[1]] = true
		}
	}

	return set
}

// codes returns the codes given to New, literally or as a constant, and all
// string literals of the sources.
func codes(t *testing.T) (made, literals map[string]bool) {
	t.Helper()
	made, literals = map[string]bool{}, map[string]bool{}
	constants := map[string]string{}
	var second []ast.Expr

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
					second = append(second, n.Args[1])
				}
			}

			return true
		})

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	for _, arg := range second {
		if text, ok := literal(arg); ok {
			made[text] = true
		} else if name, ok := arg.(*ast.Ident); ok && constants[name.Name] != "" {
			made[constants[name.Name]] = true
		}
	}

	return made, literals
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
