package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"recado/config"
)

// TestLinksOfTheDocumentationLeadSomewhere: files, pictures and headings.
func TestLinksOfTheDocumentationLeadSomewhere(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"`)

	for _, page := range append(pages, "README.md", "ui/README.md") {
		for _, match := range link.FindAllStringSubmatch(prose(t, page), -1) {
			target, anchor, _ := strings.Cut(match[1]+match[2], "#")
			if strings.Contains(target, "://") {
				continue
			}
			file := page
			if target != "" {
				file = filepath.Join(filepath.Dir(page), target)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s links to %s: %v", page, target, err)
			} else if anchor != "" && !headings(t, file)[anchor] {
				t.Errorf("%s links to %s, which has no heading %s", page, file, anchor)
			}
		}
	}
}

// TestEverySettingThatIsNamedExists: what is to be copied from the pages and from
// deploy/ works.
func TestEverySettingThatIsNamedExists(t *testing.T) {
	cfg, err := config.Load(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var known strings.Builder
	if err := cfg.Print(&known); err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, pattern := range []string{"docs/*.md", "deploy/*", "README.md", "Dockerfile"} {
		found, _ := filepath.Glob(pattern)
		files = append(files, found...)
	}
	variables := []string{"RECADO_VERSION"} // of deploy/compose.yml itself: the image's tag
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`RECADO_[A-Z_]+[A-Z]`).FindAllString(string(raw), -1) {
			if !strings.Contains(known.String(), name) && !slices.Contains(variables, name) {
				t.Errorf("%s names %s, which is no setting", file, name)
			}
		}
	}
}

// prose is a page without its blocks of code.
func prose(t *testing.T, page string) string {
	t.Helper()
	raw, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}

	return regexp.MustCompile("(?s)\n```.*?\n```").ReplaceAllString(string(raw), "")
}

// headings are the anchors of a page, made as code hosts make them.
func headings(t *testing.T, page string) map[string]bool {
	t.Helper()
	set := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(prose(t, page), -1) {
		anchor := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(match[1]), "")
		set[strings.ReplaceAll(anchor, " ", "-")] = true
	}

	return set
}
