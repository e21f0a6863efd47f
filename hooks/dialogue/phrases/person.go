package phrases

import "sync"

// A call for a person is understood in every language, whatever the conversation's
// is. "Talk to" alone is none: only who is to be talked to tells a call for somebody
// of the desk from "I have to talk to my wife first".
var (
	// callsAlways call for a person wherever they stand.
	callsAlways = []string{
		"customer service", "live chat", "someone real", "somebody real", "is anyone there", "is anybody there",
		"atendimento humano", "me liga", "me ligue", "pessoa de verdade",
		"atencion al cliente", "persona real",
	}
	// theDesk are people of the desk: to name one is to call, but for one's own.
	theDesk = []string{
		"human", "human being", "real person", "agent", "representative", "operator", "attendant", "receptionist", "support team",
		"atendente", "humano", "humana", "ser humano", "alguem da equipe", "alguem do atendimento", "secretaria", "recepcionista", "recepcao", "operador", "operadora", "gerente", "suporte",
		"agente", "asesor", "asesora", "representante", "alguien del equipo", "recepcion", "encargado", "encargada",
	}
	// somebody may be anybody: a call only where that is all that is said or wanted.
	somebody = []string{
		"person", "someone", "somebody", "anyone", "anybody", "pessoa", "alguem", "responsavel", "persona", "alguien", "responsable",
	}
	// servants serve customers, and are much else: a call only where they are to be talked to.
	servants = []string{
		"people", "staff", "manager", "supervisor", "owner", "team", "support", "sales", "reception", "front desk", "doctor", "dentist", "nurse", "therapist",
		"pessoal", "pessoas", "equipe", "dono", "dona", "supervisora", "vendedor", "vendedora", "vendas", "medico", "medica", "doutor", "doutora", "dr", "dra", "dentista",
		"enfermeira", "profissional", "financeiro", "atendimento",
		"personas", "personal", "equipo", "dueno", "duena", "ventas", "doctora", "enfermera", "profesional", "soporte",
	}
	// talking are the words before who is to be talked to; without anybody named they call, too.
	talking = []string{
		"talk to", "speak to", "speak with", "talk with", "chat with", "transfer me to", "connect me to", "connect me with", "put me through to", "put me through",
		"falar com", "conversar com", "fala com", "falo com", "me passa para", "me passa pra", "me transfere para", "me transfere pra", "atendimento com",
		"hablar con", "hablo con", "conversar con", "comunicarme con", "comuniqueme con", "comunicame con", "pasame con", "paseme con", "ser atendido por", "ser atendida por",
	}
	// wishing are the words before who is wanted.
	wishing = []string{
		"want", "need", "i'd like", "would like", "get me", "give me", "call", "is there",
		"quero", "queria", "preciso", "gostaria", "chama", "chame", "chamar", "tem",
		"quiero", "quisiera", "necesito", "llama", "llame", "llamar", "me atienda", "hay",
	}
	// around are the words between these and who.
	around = []string{
		"a", "an", "the", "some", "any", "your", "one of your", "another", "real", "live", "actual", "there", "here", "please", "now",
		"um", "uma", "o", "os", "as", "ao", "algum", "alguma", "outro", "outra", "seu", "sua", "de", "da", "do", "com", "por favor", "urgente", "agora", "ai", "aqui",
		"un", "una", "el", "la", "los", "las", "al", "algun", "alguna", "su", "otro", "otra", "con", "ahora", "ahi", "aqui", "a",
	}
	// oneself are the words that make somebody one's own: before them or after them.
	oneself = []string{
		"my", "our", "his", "her", "their", "in my", "at my", "from my", "of my", "at home", "at work",
		"meu", "minha", "meus", "minhas", "nosso", "nossa", "da minha", "do meu", "de casa", "la em casa", "do trabalho",
		"mi", "mis", "nuestro", "nuestra", "de mi", "de casa", "en casa", "del trabajo",
	}
)

type callWords struct{ always, desk, somebody, servants, talking, wishing, around, oneself *vocabulary }

var calls = sync.OnceValue(func() callWords {
	return callWords{
		newVocabulary(callsAlways), newVocabulary(theDesk), newVocabulary(somebody), newVocabulary(servants), newVocabulary(talking), newVocabulary(wishing), newVocabulary(around), newVocabulary(oneself),
	}
})

// callsForPerson tells whether somebody of the desk is asked for.
func callsForPerson(tokens []token) bool {
	c := calls()
	if c.always.within(tokens) || c.somebody.covers(tokens, politeness()) {
		return true
	}
	for i := range tokens {
		rest := tokens[i:]
		if n := c.desk.at(rest); n > 0 && !c.own(tokens[:i], rest[n:]) {
			return true
		}
		if n := c.talking.at(rest); n > 0 {
			who := c.skip(rest[n:])
			named := max(c.desk.at(who), c.somebody.at(who), c.servants.at(who))
			if ends(who) || named > 0 && !c.own(nil, who[named:]) {
				return true
			}
		}
		if n := c.wishing.at(rest); n > 0 {
			who := c.skip(rest[n:])
			// "I want a person", but "I need somebody's room": nothing more is said.
			if named := c.somebody.at(who); named > 0 && ends(c.skip(who[named:])) {
				return true
			}
		}
	}

	return false
}

// ends tells whether a sentence is over.
func ends(rest []token) bool { return len(rest) == 0 || rest[0].kind == punct }

// own tells whether who stands between is the customer's: "my agent", "somebody at home".
func (c callWords) own(before, after []token) bool {
	if len(before) > 0 && c.oneself.phrases[before[len(before)-1].text] {
		return true
	}

	return c.oneself.at(after) > 0
}

// skip passes over the words around who.
func (c callWords) skip(tokens []token) []token {
	for {
		n := c.around.at(tokens)
		if n == 0 {
			return tokens
		}
		tokens = tokens[n:]
	}
}

// politeness are the words of courtesy of all languages, greetings too.
var politeness = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, load := range languages {
		l := load()
		for _, words := range []map[string]bool{l.filler, l.words[Hello].phrases} {
			for word := range words {
				all[word] = true
			}
		}
	}

	return all
})
