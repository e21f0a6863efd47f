package score

// The tables hold words without diacritics, in the three languages together:
// none of them means something else in another.

var numbers = map[string]int{
	"zero": 0, "cero": 0,
	"one": 1, "um": 1, "uma": 1, "uno": 1, "una": 1,
	"two": 2, "dois": 2, "duas": 2, "dos": 2,
	"three": 3, "tres": 3,
	"four": 4, "quatro": 4, "cuatro": 4,
	"five": 5, "cinco": 5,
	"six": 6, "seis": 6,
	"seven": 7, "sete": 7, "siete": 7,
	"eight": 8, "oito": 8, "ocho": 8,
	"nine": 9, "nove": 9, "nueve": 9,
	"ten": 10, "dez": 10, "diez": 10,
}

// judgements are of five degrees.
var judgements = map[string]int{
	"terrible": 1, "awful": 1, "horrible": 1, "pessimo": 1, "pessima": 1, "horrivel": 1, "terrivel": 1, "pesimo": 1, "pesima": 1,
	"bad": 2, "poor": 2, "ruim": 2, "mau": 2, "malo": 2, "mala": 2, "mal": 2,
	"ok": 3, "okay": 3, "average": 3, "regular": 3, "razoavel": 3, "normal": 3,
	"good": 4, "bom": 4, "boa": 4, "bueno": 4, "buena": 4, "bien": 4,
	"excellent": 5, "perfect": 5, "amazing": 5, "awesome": 5, "great": 5,
	"excelente": 5, "otimo": 5, "otima": 5, "perfeito": 5, "perfeita": 5, "maravilhoso": 5, "maravilhosa": 5,
	"perfecto": 5, "perfecta": 5, "genial": 5, "maravilloso": 5, "maravillosa": 5,
}

var intense = set("very", "so", "muito", "muita", "muy", "super")

// faces come first in a message that is nothing else.
var faces = []struct {
	emoji string
	of5   int
}{
	{"😡", 1}, {"😠", 1}, {"🤬", 1}, {"😞", 2}, {"🙁", 2}, {"☹️", 2}, {"😐", 3}, {"🙂", 4}, {"😊", 5}, {"😀", 5}, {"😃", 5}, {"😍", 5}, {"🤩", 5},
}

// openers may stand before a score.
var openers = set(
	"nota", "minha", "mi", "my", "a", "i", "eu", "yo", "dou", "daria", "doy", "le", "pongo", "give", "id", "i'd", "would", "rate", "it",
	"rating", "score", "its", "it's", "e", "es", "foi", "was", "seria", "puntaje", "puntuacion", "calificacion", "com", "con", "with",
	"fue",
)

// units may stand behind one.
var units = set("star", "stars", "estrela", "estrelas", "estrella", "estrellas", "point", "points", "ponto", "pontos", "punto", "puntos")

// begins are words with which people go on after a score without any punctuation.
var begins = set(
	"porque", "pois", "because", "por", "mas", "but", "pero", "obrigado", "obrigada", "thanks", "thank", "gracias",
	"adorei", "amei", "gostei", "loved", "great", "excelente", "otimo", "otima", "parabens", "muito", "muy", "very", "excellent",
)

func set(words ...string) map[string]bool {
	all := make(map[string]bool, len(words))
	for _, word := range words {
		all[word] = true
	}

	return all
}
