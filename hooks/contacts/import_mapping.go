package contacts

import (
	"slices"
	"strings"
)

// targets are what a column of an import can become, each with how other
// programs head such a column: folded, in English, Portuguese and Spanish.
// first_name and last_name together make a name.
var targets = []struct {
	name     string
	headings []string
}{
	{"id", []string{"id"}},
	{"name", []string{"name", "nome", "nombre", "full name", "nome completo", "nombre completo", "contact", "contato", "contacto",
		"client", "cliente", "customer", "paciente", "patient", "display name", "nombre y apellido", "nome e sobrenome", "pessoa", "lead"}},
	{"first_name", []string{"first name", "given name", "firstname", "primeiro nome", "primer nombre", "nombres", "nombre de pila"}},
	{"last_name", []string{"last name", "family name", "lastname", "surname", "sobrenome", "ultimo nome", "apellido", "apellidos"}},
	{"phone", []string{"phone", "telefone", "telefono", "fone", "tel", "mobile", "cell", "cellphone", "cell phone", "mobile phone",
		"phone number", "phonenumber", "celular", "movil", "whatsapp", "zap", "numero", "number", "numero de telefone",
		"numero de telefono", "telefone celular", "telefono movil", "telefone 1", "phone 1", "phone 1 value", "contact number", "wa"}},
	{"email", []string{"email", "e mail", "mail", "correo", "correo electronico", "email address", "e mail address", "e mail 1 value",
		"email 1", "endereco de e mail", "endereco de email", "direccion de correo"}},
	{"locale", []string{"locale", "language", "idioma", "lingua", "lengua"}},
	{"birthday", []string{"birthday", "birth date", "birthdate", "date of birth", "dob", "nascimento", "data de nascimento", "aniversario",
		"nacimiento", "fecha de nacimiento", "cumpleanos"}},
	{"lifecycle", []string{"lifecycle", "lifecycle stage", "stage", "fase", "etapa", "ciclo de vida", "tipo", "type"}},
	{"lead_status", []string{"lead status", "status", "estado", "situacao", "situacion", "status do lead", "estado del lead"}},
	{"category", []string{"category", "categoria"}},
	{"source", []string{"source", "lead source", "origem", "fonte", "origen", "fuente", "canal"}},
	{"owner", []string{"owner", "responsavel", "responsable", "dono", "vendedor", "assigned to", "atendente", "propietario", "proprietario"}},
	{"tags", []string{"tags", "tag", "labels", "label", "etiquetas", "etiqueta", "marcadores", "group membership", "grupos"}},
	{"notes", []string{"notes", "note", "notas", "nota", "observacao", "observacoes", "obs", "observaciones", "comments", "comentarios",
		"comentario", "anotacoes", "remarks", "descricao", "description", "descripcion"}},
}

// targetNames lists them, the company's own fields last.
func targetNames(own []Field) []string {
	names := make([]string, 0, len(targets)+len(own))
	for _, target := range targets {
		names = append(names, target.name)
	}
	for _, field := range own {
		names = append(names, customPrefix+field.Key)
	}

	return names
}

// GuessMapping proposes a target for each column of a file, "" to leave it out:
// by its heading, where the company's own fields come first, else by what stands
// in the first rows. No target is proposed twice.
func GuessMapping(headers []string, rows [][]string, own []Field) []string {
	mapping := make([]string, len(headers))
	taken := map[string]bool{}
	for _, field := range own {
		target := customPrefix + field.Key
		at := slices.Index(headers, target)
		if at < 0 {
			at = slices.IndexFunc(headers, func(header string) bool { return words(header) == words(field.Label) })
		}
		if at >= 0 && mapping[at] == "" {
			mapping[at], taken[target] = target, true
		}
	}
	for i, header := range headers {
		if mapping[i] != "" {
			continue
		}
		words := words(header)
		for _, target := range targets {
			if !taken[target.name] && slices.Contains(target.headings, words) {
				mapping[i], taken[target.name] = target.name, true

				break
			}
		}
	}
	if taken["name"] && !taken["first_name"] && taken["last_name"] {
		mapping[slices.Index(mapping, "name")] = "first_name" // "nombre, apellidos"
	}

	byContent := func(target string, fits func(cell string) bool) {
		for i := range headers {
			if !taken[target] && mapping[i] == "" && mostly(rows, i, fits) {
				mapping[i], taken[target] = target, true
			}
		}
	}
	byContent("email", func(cell string) bool { return strings.Count(cell, "@") == 1 && !strings.Contains(cell, " ") })
	byContent("phone", func(cell string) bool {
		digits := len(Digits(cell))

		return digits >= 10 && digits <= 15 && strings.Trim(cell, "0123456789 +-()./") == ""
	})

	return mapping
}

// words reads a heading as words: "E-mail 1 - Value" and "e_mail_1_value" are alike.
func words(header string) string {
	return strings.Join(strings.FieldsFunc(Fold(header), func(r rune) bool { return strings.ContainsRune(" _-.:/()#*", r) }), " ")
}

// mostly tells whether most cells of a column, and at least one, are what fits.
func mostly(rows [][]string, column int, fits func(string) bool) bool {
	yes, no := 0, 0
	for _, row := range rows {
		switch {
		case column >= len(row) || row[column] == "":
		case fits(row[column]):
			yes++
		default:
			no++
		}
	}

	return yes > no*3
}
