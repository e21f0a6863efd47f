package phrases

// choices are the words for the first few things of a list, in all three
// languages: they do not contradict each other.
var choices = func() map[string]int {
	all := map[string]int{}
	for value, words := range [][]string{
		1:  {"one", "first", "um", "uma", "primeiro", "primeira", "uno", "una", "primero", "primera"},
		2:  {"two", "second", "dois", "duas", "segundo", "dos"},
		3:  {"three", "third", "tres", "terceiro", "terceira", "tercero", "tercera"},
		4:  {"four", "fourth", "quatro", "quarto", "cuatro", "cuarto", "cuarta"},
		5:  {"five", "fifth", "cinco", "quinto"},
		6:  {"six", "sixth", "seis", "sexto"},
		7:  {"seven", "seventh", "sete", "setimo", "setima", "siete", "septimo", "septima"},
		8:  {"eight", "eighth", "oito", "oitavo", "oitava", "ocho", "octavo", "octava"},
		9:  {"nine", "ninth", "nove", "nono", "nona", "nueve", "noveno", "novena"},
		10: {"ten", "tenth", "dez", "decimo", "decima", "diez"},
	} {
		for _, word := range words {
			all[word] = value
		}
	}

	return all
}()

// articles are also the number one.
var articles = map[string]bool{"one": true, "um": true, "uma": true, "uno": true, "una": true}

// choiceFiller are the words around a chosen number.
var choiceFiller = map[string]bool{
	"option": true, "number": true, "no": true, "the": true, "opcao": true, "numero": true, "opcion": true, "o": true,
	"a": true, "el": true, "la": true, "quero": true, "quiero": true, "want": true, "i": true, "n": true,
}

var englishFiller = []string{
	"ok", "okay", "please", "thanks", "thank", "you", "so", "much", "very", "well", "then", "there", "great", "perfect", "it", "is", "that", "that's", "thats",
	"just", "the", "to", "go", "me", "a", "all", "for", "now", "one", "want", "would", "like", "i", "id", "do", "again", "good", "right",
}

var englishWords = map[Word][]string{
	Yes: {"yes", "y", "yep", "yeah", "yup", "sure", "ok", "okay", "of course", "go ahead", "confirm", "confirmed", "correct",
		"sounds good", "that works", "works for me", "do it", "book it", "perfect", "great", "absolutely", "👍", "✅"},
	No:     {"no", "n", "nope", "nah", "not now", "no way", "rather not", "don't", "👎", "❌"},
	Stop:   {"cancel", "stop", "never mind", "nevermind", "forget it", "quit", "exit", "leave it"},
	Menu:   {"0", "menu", "main menu", "start", "start over", "restart", "begin", "home", "options", "#"},
	Back:   {"back", "go back", "previous", "return", "undo"},
	More:   {"more", "more options", "show more", "others", "other", "next page", "more days", "more times", "later"},
	Hello:  {"hi", "hello", "hey", "good morning", "good afternoon", "good evening", "good day", "howdy", "greetings", "how are you", "👋"},
	Thanks: {"thanks", "thank you", "thx", "ty", "cheers", "great", "perfect", "awesome", "🙏"},
	Bye:    {"bye", "goodbye", "see you", "see you later", "good night", "have a nice day", "that's all", "thats all", "nothing else"},
	Book: {"book", "booking", "appointment", "schedule", "reserve", "reservation", "make an appointment", "available times",
		"free slot", "availability", "available", "any openings"},
	Reserve: {"book", "schedule", "reserve", "make an appointment", "make a booking", "make a reservation", "set up an appointment"},
	Mine:    {"my appointment", "my appointments", "my booking", "my bookings", "when is my", "my reservation", "my reservations"},
	Move: {"reschedule", "move my", "change my", "postpone", "another time for my", "change the time", "move the appointment",
		"change appointment", "move appointment"},
	Drop: {"cancel my", "cancel the", "cancel appointment", "cancel an appointment", "can't make it", "cant make it", "cannot come", "can't come",
		"won't make it", "cancel booking"},
	Info:    {"information", "info", "more about you", "tell me about"},
	Address: {"address", "where are you", "location", "located", "how do i get there", "directions", "where is it", "map"},
	Hours: {"opening hours", "business hours", "what time do you open", "what time do you close", "are you open", "when do you open",
		"when do you close", "do you open", "do you close", "hours", "open on"},
	Prices: {"price", "prices", "how much", "cost", "costs", "price list", "fee", "fees", "services", "what do you charge"},
}

var portugueseFiller = []string{
	"ok", "okay", "beleza", "blz", "certo", "por", "favor", "obrigado", "obrigada", "muito", "entao", "ta", "bom", "bem", "tudo", "e", "voce", "voces", "isso", "mesmo",
	"pra", "para", "o", "a", "ao", "de", "do", "me", "quero", "queria", "gostaria", "pf", "pfv", "gente", "ai", "la", "la", "um", "uma", "agora",
	"pode", "so", "ja", "com", "voltar", "ir",
}

var portugueseWords = map[Word][]string{
	Yes: {"sim", "s", "claro", "pode ser", "pode", "pode marcar", "ok", "okay", "isso", "isso mesmo", "confirmo", "confirmar", "confirmado",
		"com certeza", "beleza", "blz", "certo", "perfeito", "otimo", "fechado", "combinado", "quero sim", "aceito", "bora", "uhum", "aham", "👍", "✅"},
	No:   {"nao", "n", "nao quero", "nao obrigado", "nao obrigada", "negativo", "agora nao", "nem", "melhor nao", "👎", "❌"},
	Stop: {"cancelar", "cancela", "parar", "para", "pare", "sair", "desistir", "desisto", "deixa", "deixa pra la", "esquece", "encerrar"},
	Menu: {"0", "menu", "menu principal", "inicio", "comeco", "comecar", "recomecar", "do zero", "opcoes", "voltar ao inicio",
		"voltar ao menu", "voltar pro menu", "voltar para o menu", "#"},
	Back: {"voltar", "volta", "anterior", "retornar", "voltar atras"},
	More: {"mais", "ver mais", "mais opcoes", "outros", "outras", "mais dias", "mais horarios", "proximos", "proximas", "mostrar mais"},
	Hello: {"oi", "ola", "opa", "eai", "e ai", "oie", "oii", "oiii", "alo", "bom dia", "boa tarde", "boa noite", "tudo bem", "tudo bom", "como vai", "salve",
		"hello", "hi", "👋"},
	Thanks: {"obrigado", "obrigada", "muito obrigado", "muito obrigada", "valeu", "vlw", "brigado", "brigada", "agradeco", "grato", "grata",
		"gratidao", "otimo", "show", "🙏"},
	Bye: {"tchau", "ate logo", "ate mais", "ate breve", "ate amanha", "adeus", "falou", "flw", "so isso", "era so isso", "mais nada",
		"ate a proxima"},
	Book: {"marcar", "agendar", "agendamento", "agenda um", "agende", "marca um", "marque", "reservar", "reserva", "quero um horario",
		"tem horario", "tem horarios", "tem vaga", "tem vagas", "horario disponivel", "horarios disponiveis", "horario livre", "um horario", "horario para",
		"consulta", "disponibilidade", "encaixe"},
	Reserve: {"marcar", "agendar", "reservar", "marque", "agende", "marca um", "agenda um", "fazer uma reserva", "fazer um agendamento"},
	Mine: {"meus agendamentos", "meu agendamento", "meus horarios", "meu horario", "minha consulta", "minhas consultas", "minha reserva", "minhas reservas",
		"que dia e a minha", "horario marcado", "ja tenho horario", "minha hora"},
	Move: {"remarcar", "reagendar", "mudar o horario", "mudar meu horario", "mudar o dia", "mudar a data", "trocar o horario", "trocar meu horario",
		"trocar o dia", "trocar a data", "adiar", "alterar o horario", "alterar meu horario", "alterar a data", "remarca", "reagenda", "antecipar",
		"remarcacao", "mudar minha consulta", "mudar a minha consulta", "mudar meu agendamento", "alterar meu agendamento"},
	Drop: {"desmarcar", "desmarca", "cancelar meu", "cancelar minha", "cancelar o", "cancelar a", "cancelar um", "cancelar agendamento",
		"cancelar consulta", "nao vou poder ir", "nao vou conseguir ir", "nao poderei ir", "nao posso ir", "quero cancelar", "preciso cancelar", "gostaria de cancelar"},
	Info:    {"informacao", "informacoes", "saber mais", "duvida", "duvidas", "info"},
	Address: {"endereco", "onde fica", "onde voces ficam", "localizacao", "como chegar", "como chego", "onde e", "onde estao", "qual o local", "mapa"},
	Hours: {"horario de atendimento", "horario de funcionamento", "horarios de atendimento", "horarios de funcionamento", "que horas abre", "que horas abrem", "que horas fecha", "que horas fecham",
		"abre hoje", "abrem hoje", "abre aos", "abre no", "abrem no", "abrem aos", "estao abertos", "esta aberto", "aberto hoje", "funciona ate", "funcionam ate", "ate que horas", "a que horas", "que horas voces"},
	Prices: {"preco", "precos", "valor", "valores", "quanto custa", "quanto e", "quanto fica", "quanto sai", "quanto cobra", "quanto cobram", "quanto ta",
		"tabela", "servicos", "custa"},
}

var spanishFiller = []string{
	"ok", "okay", "vale", "listo", "perfecto", "por", "favor", "gracias", "muchas", "entonces", "bien", "muy", "todo", "y", "usted", "ustedes", "eso", "mismo", "para", "el",
	"la", "al", "de", "del", "me", "quiero", "quisiera", "un", "una", "ahora", "puede", "solo", "ya", "con", "a", "que", "tal", "lo", "ir",
}

var spanishWords = map[Word][]string{
	Yes: {"si", "s", "claro", "claro que si", "por supuesto", "ok", "okay", "vale", "de acuerdo", "confirmo", "confirmar", "confirmado", "correcto",
		"perfecto", "genial", "dale", "listo", "esta bien", "me parece bien", "asi es", "reserve", "👍", "✅"},
	No:   {"no", "n", "no quiero", "no gracias", "negativo", "ahora no", "tampoco", "mejor no", "👎", "❌"},
	Stop: {"cancelar", "cancela", "parar", "pare", "salir", "dejalo", "dejelo", "olvidalo", "olvidelo", "terminar", "basta"},
	Menu: {"0", "menu", "menu principal", "inicio", "comenzar", "empezar", "empezar de nuevo", "reiniciar", "opciones", "volver al inicio",
		"volver al menu", "#"},
	Back:  {"volver", "vuelve", "atras", "volver atras", "anterior", "regresar", "regresa"},
	More:  {"mas", "ver mas", "mas opciones", "otros", "otras", "mas dias", "mas horarios", "siguientes", "mostrar mas"},
	Hello: {"hola", "holi", "buenas", "buenos dias", "buen dia", "buenas tardes", "buenas noches", "que tal", "como esta", "como estan", "saludos", "hello", "hi", "👋"},
	Thanks: {"gracias", "muchas gracias", "mil gracias", "muy amable", "se agradece", "agradezco", "genial", "excelente",
		"🙏"},
	Bye: {"adios", "chao", "chau", "hasta luego", "hasta pronto", "hasta manana", "nos vemos", "eso es todo", "nada mas", "es todo"},
	Book: {"reservar", "reserva", "agendar", "cita", "turno", "pedir hora", "quiero hora", "tiene hora", "hora disponible", "horas disponibles", "horario disponible",
		"horarios disponibles", "disponibilidad", "sacar turno", "programar", "apartar", "hay lugar", "hay hueco", "agendame"},
	Reserve: {"reservar", "agendar", "agendame", "programar", "apartar", "pedir una cita", "pedir cita", "sacar turno", "pedir turno", "pedir hora", "hacer una reserva", "una cita"},
	Mine:    {"mi cita", "mis citas", "mi turno", "mis turnos", "mi reserva", "mis reservas", "cuando es mi", "tengo cita", "mi hora"},
	Move: {"reprogramar", "reagendar", "cambiar mi", "cambiar la cita", "cambiar el turno", "cambiar la hora", "cambiar el horario", "cambiar la fecha",
		"mover mi", "mover la cita", "aplazar", "posponer", "adelantar", "cambiar de hora", "cambiar de dia"},
	Drop: {"cancelar mi", "cancelar la", "cancelar el", "cancelar una", "anular", "no puedo ir", "no podre ir", "no voy a poder ir", "cancelar cita",
		"cancelar turno", "quiero cancelar", "necesito cancelar", "quisiera cancelar"},
	Info:    {"informacion", "informaciones", "saber mas", "duda", "dudas", "info"},
	Address: {"direccion", "donde estan", "donde queda", "donde quedan", "ubicacion", "como llego", "como llegar", "donde es", "mapa", "ubicados"},
	Hours: {"horario de atencion", "horarios de atencion", "horario de apertura", "a que hora abren", "a que hora cierran", "que hora abren", "que hora cierran", "abren los",
		"abren hoy", "estan abiertos", "esta abierto", "abierto hoy", "abierto los", "hasta que hora"},
	Prices: {"precio", "precios", "cuanto cuesta", "cuanto cuestan", "cuanto vale", "cuanto sale", "cuanto es", "cuanto cobran", "tarifa", "tarifas", "servicios",
		"valor", "costo"},
}
