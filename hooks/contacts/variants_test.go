package contacts_test

import (
	"slices"
	"testing"

	"recado/hooks/contacts"
)

func TestVariants(t *testing.T) {
	for number, want := range map[string]string{
		"+5511987654321": "+551187654321",
		"+551187654321":  "+5511987654321",
		"+551132654321":  "",
		"+5511932654321": "", // nine digits, but the rest is a landline
		"+5215512345678": "+525512345678",
		"+525512345678":  "+5215512345678",
		"+5491123456789": "+541123456789",
		"+541123456789":  "+5491123456789",
		"+12125550123":   "",
		"":               "",
	} {
		expected := []string{number}
		if want != "" {
			expected = append(expected, want)
		}
		if got := contacts.Variants(number); !slices.Equal(got, expected) {
			t.Errorf("Variants(%s) = %v, want %v", number, got, expected)
		}
	}
}

// FuzzVariants: being a variant goes both ways, and no number is a variant of two others.
func FuzzVariants(f *testing.F) {
	for _, seed := range []string{"+5511987654321", "+551187654321", "+5215512345678", "+541123456789", "+5219", "+", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, number string) {
		all := contacts.Variants(number)
		if all[0] != number || len(all) > 2 {
			t.Fatalf("Variants(%q) = %q", number, all)
		}
		for _, variant := range all {
			back := contacts.Variants(variant)
			slices.Sort(back)
			if want := slices.Sorted(slices.Values(all)); !slices.Equal(back, want) {
				t.Errorf("variants of %q are %q, of its variant %q %q", number, want, variant, back)
			}
		}
	})
}
