package phrases_test

import (
	"testing"

	"recado/hooks/dialogue/phrases"
)

// Who is to be talked to tells a call for somebody of the desk from a customer who
// speaks of their own people.
func TestACallForAPerson(t *testing.T) {
	for locale, texts := range map[string]struct{ calls, others []string }{
		"pt-BR": {
			calls: []string{
				"quero falar com um atendente", "Quero falar com uma pessoa, por favor", "posso falar com alguém?", "preciso falar com a recepção", "falar com humano",
				"quero falar com", "gostaria de falar com alguém da equipe", "me passa pra um atendente", "atendente", "humano!", "tem alguém aí?", "quero uma pessoa de verdade",
				"dá pra conversar com o gerente?", "falar com o médico", "quero falar com a dra. Ana", "Oi, preciso de um atendente humano", "uma pessoa, por favor",
				"chama o responsável", "quero falar com o pessoal do financeiro", "me liga", "prefiro falar com alguém de vocês",
			},
			others: []string{
				"vou falar com meu marido", "preciso falar com minha esposa antes", "vou conversar com a minha mãe e te aviso", "deixa eu falar com meu chefe", "tenho que falar com o João primeiro",
				"falei com ela ontem", "vou falar com alguém da minha família", "minha secretária vai ligar", "quero marcar para uma pessoa só", "vou levar uma pessoa comigo",
				"somos duas pessoas", "falar com calma sobre o preço", "alguém pode ir no meu lugar?", "quero marcar com a Ana", "oi gente, bom dia", "preciso falar com meus filhos",
				"vou conversar com o pessoal de casa", "meu gerente não deixou", "quanto custa para mais uma pessoa?",
			},
		},
		"en": {
			calls: []string{
				"I want to talk to a person", "can I speak to someone?", "let me talk to a human", "talk to an agent", "Could I speak with the receptionist please", "I'd like to talk to somebody",
				"can I talk to", "agent", "human please", "I need a real person", "put me through to the front desk", "is there anyone there?", "I want someone", "connect me with your manager",
				"speak to your staff", "I would like to speak with the doctor", "customer service", "give me a person", "representative!!",
			},
			others: []string{
				"I need to talk to my husband first", "let me speak with my wife", "I'll talk to my boss and come back", "I have to talk to my mom", "I talked to her yesterday",
				"book for one person on Friday", "can someone else come with me?", "we should talk about the price", "speak with you tomorrow!", "I'll talk to John about it",
				"somebody told me you open at nine", "my agent will call you", "I must talk to somebody at home", "a table for two people", "hi team, good morning", "is it for any person?",
				"I will speak to our accountant",
			},
		},
		"es": {
			calls: []string{
				"quiero hablar con una persona", "¿puedo hablar con alguien?", "necesito hablar con un agente", "hablar con la recepción", "asesor", "quiero hablar con un humano, por favor",
				"quisiera hablar con", "páseme con el encargado", "comuníqueme con alguien del equipo", "una persona, por favor", "quiero una persona real", "¿hay alguien ahí?",
				"hablar con la doctora", "atención al cliente", "necesito a alguien", "quiero hablar con su equipo", "llame al responsable",
			},
			others: []string{
				"tengo que hablar con mi jefe", "voy a hablar con mi esposo", "necesito hablar con mi mujer antes", "déjame hablar con mis hijos", "hablé con ella ayer",
				"hablar con calma del precio", "voy a hablar con Juan primero", "quiero una cita para una persona", "mi agente llamará", "alguien me dijo que abren a las nueve",
				"somos tres personas", "¿puede venir otra persona conmigo?", "hablaré con alguien de mi familia", "tengo que hablar con nuestra hija", "quiero hora con Ana",
				"voy a conversar con mi mamá", "hola a todos, buenas",
			},
		},
	} {
		for _, text := range texts.calls {
			if !phrases.Said(locale, text, phrases.Human) {
				t.Errorf("%s: %q is a call", locale, text)
			}
		}
		for _, text := range texts.others {
			if phrases.Said(locale, text, phrases.Human) {
				t.Errorf("%s: %q is none", locale, text)
			}
		}
		if len(texts.calls) < 15 || len(texts.others) < 15 {
			t.Errorf("%s: %d and %d are too few", locale, len(texts.calls), len(texts.others))
		}
	}
}
