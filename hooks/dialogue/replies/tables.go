package replies

import (
	"sync"

	"recado/hooks/texts"
)

const (
	yesSigns = "👍|👌|✅|✔|🆗|☑|🙋|🤝|💯"
	noSigns  = "👎|❌|✖|🚫|🙅"
)

// tables by language, written as they are folded: lower case, no diacritics, no
// apostrophes. They are made when first asked for.
var tables = sync.OnceValue(func() map[string]table {
	return map[string]table{
		texts.English: newTable(map[Verdict]string{
			Confirm: "confirm|confirmed|i confirm|confirming|i can confirm|ill be there|i will be there|well be there|ill come|i will come|im coming|i am coming|were coming|" +
				"count me in|see you there|see you then|see you tomorrow|see you soon|ill make it|i will make it|i can make it|ill attend|i will attend|on my way|" +
				"confirm my appointment|keep it|keep my appointment",
			Maybe: "yes|y|yep|yeah|yup|ya|ok|okay|okey|k|kk|sure|of course|fine|alright|all right|good|great|perfect|sounds good|that works|works for me|" +
				"absolutely|definitely|certainly|correct|right|agreed|got it|will do|noted|cool|dont cancel|do not cancel|" + yesSigns,
			Cancel: "cancel my appointment|cancel the appointment|cancel appointment|cancel my booking|cancel it|i cant come|cant come|cannot come|i cannot come|cant make it|i cant make it|" +
				"cannot make it|i cannot make it|wont make it|i wont make it|will not make it|not coming|im not coming|i wont come|i will not come|wont be there|i wont be there|" +
				"cant be there|i cant be there|not able to come|unable to come|unable to attend|cant attend|i cant attend|need to cancel|have to cancel|want to cancel|id like to cancel|must cancel|please cancel",
			Stop: "cancel|cancelled|canceled|cancellation",
			No:   "no|n|nope|nah|not really|not sure|maybe not|" + noSigns,
			Move: "reschedule|rescheduling|another time|another day|different time|different day|change the time|change the day|change the date|change my appointment|" +
				"move it|move my appointment|move the appointment|postpone|later instead|earlier instead|can we change|can i change|other time|other day",
		}, "please pls thanks thank you so much very the a to i ill it is im be for my it s and will hello hi good morning afternoon evening dear doctor dr there me then on at am pm oclock 😊 🙏 😀 🙂 😉 ❤ 🎉",
			"but however though unless if maybe perhaps except"),

		texts.Portuguese: newTable(map[Verdict]string{
			Confirm: "confirmo|confirmado|confirmada|confirmar|confirmadissimo|eu confirmo|confirmo sim|confirmo presenca|confirmo minha presenca|presenca confirmada|confirmo a consulta|confirmo o horario|" +
				"estarei la|estarei ai|vou estar la|vou estar ai|estaremos la|estaremos ai|eu vou|vou sim|irei|irei sim|vou comparecer|comparecerei|la estarei|pode confirmar|" +
				"ate la|ate amanha|nos vemos la|te vejo la|vou chegar no horario|vamos sim|a caminho|estou indo|mantenha|pode manter|manter",
			Maybe: "sim|s|ss|sss|claro|ok|okay|oki|okk|blz|beleza|certo|certinho|pode ser|pode|com certeza|combinado|fechado|perfeito|otimo|isso|isso mesmo|ta|ta bom|ta bem|tudo bem|tudo certo|" +
				"show|joia|uhum|aham|positivo|quero sim|ciente|bora|nao cancele|nao cancelar|nao quero cancelar|nao precisa cancelar|nao desmarque|" + yesSigns,
			Cancel: "cancelar consulta|cancelar a consulta|cancelar minha consulta|cancelar meu horario|cancelar o horario|cancelar o agendamento|cancelar agendamento|cancela minha consulta|cancela meu horario|cancele meu horario|cancele minha consulta|" +
				"cancelar por favor|quero cancelar|preciso cancelar|gostaria de cancelar|vou cancelar|vou ter que cancelar|tenho que cancelar|desmarcar|desmarca|desmarque|quero desmarcar|preciso desmarcar|vou desmarcar|" +
				"nao vou|nao vou poder|nao vou poder ir|nao poderei ir|nao poderei|nao posso ir|nao posso|nao consigo ir|nao vou conseguir|nao vou conseguir ir|nao irei|nao vou mais|nao comparecerei|nao vou comparecer|" +
				"nao estarei|nao da pra ir|nao vai dar|nao vai dar pra ir|nao tem como ir|nao poderei comparecer|nao vamos poder ir",
			Stop: "cancelar|cancela|cancele|cancelado|cancelamento|cancelo",
			No:   "nao|n|nn|nao sei|nao tenho certeza|acho que nao|negativo|melhor nao|talvez nao|" + noSigns,
			Move: "remarcar|remarca|remarque|reagendar|reagenda|reagende|remarcacao|outro horario|outro dia|outra hora|outra data|mudar o horario|mudar o dia|mudar a data|mudar horario|trocar o horario|" +
				"trocar o dia|trocar de horario|trocar horario|adiar|antecipar|mais tarde|mais cedo|posso mudar|pode mudar|da pra mudar|alterar o horario|alterar a data",
		}, "por favor pf pfv obrigado obrigada muito o a os as de da do eu e com para pra um uma bom boa dia tarde noite ola oi doutor doutora dr dra gente voces voce minha meu consulta horario presenca la ai sim viu ne entao nesse neste valeu vlw h hora horas 😊 🙏 😀 🙂 😉 ❤ 🎉",
			"mas porem contudo entretanto se talvez acho exceto"),

		texts.Spanish: newTable(map[Verdict]string{
			Confirm: "confirmo|confirmado|confirmada|confirmar|yo confirmo|confirmo mi cita|confirmo la cita|confirmo mi asistencia|confirmo asistencia|confirmo mi turno|si confirmo|alli estare|ahi estare|estare alli|estare ahi|" +
				"ahi estaremos|alli estaremos|voy|si voy|si ire|ire|asistire|si asistire|voy a ir|voy a asistir|cuenten conmigo|cuente conmigo|nos vemos|nos vemos alli|nos vemos manana|hasta manana|hasta entonces|" +
				"ahi nos vemos|alla estare|alla nos vemos|en camino|voy en camino|mantenerla|mantener la cita",
			Maybe: "si|s|sip|sii|siii|claro|claro que si|por supuesto|ok|okay|oki|okey|vale|de acuerdo|listo|perfecto|correcto|esta bien|bien|dale|genial|muy bien|asi es|sale|va|bueno|enterado|enterada|" +
				"me parece bien|desde luego|seguro|no cancelar|no cancelen|no cancele|no quiero cancelar|" + yesSigns,
			Cancel: "cancelar mi cita|cancelar la cita|cancelar cita|cancelar mi turno|cancelar el turno|cancelar turno|cancelar mi reserva|cancela mi cita|cancelen mi cita|cancele mi cita|quiero cancelar|quisiera cancelar|necesito cancelar|" +
				"tengo que cancelar|debo cancelar|voy a cancelar|anular|anula|anular la cita|anular mi cita|quiero anular|no voy|no voy a ir|no ire|no puedo|no puedo ir|no podre|no podre ir|no voy a poder|no voy a poder ir|" +
				"no asistire|no puedo asistir|no podre asistir|no voy a asistir|no llego|no voy a llegar|no estare|no me es posible ir|no vamos a poder ir|imposible ir",
			Stop: "cancelar|cancela|cancele|cancelen|cancelado|cancelada|cancelacion|cancelo",
			No:   "no|n|nop|no se|no estoy seguro|no estoy segura|creo que no|negativo|mejor no|tal vez no|" + noSigns,
			Move: "reprogramar|reprograma|reprogramen|reagendar|reagenda|otra hora|otro dia|otro horario|otra fecha|cambiar la hora|cambiar el dia|cambiar la fecha|cambiar de hora|cambiar de dia|cambiar mi cita|cambiar la cita|" +
				"mover mi cita|mover la cita|aplazar|posponer|adelantar|mas tarde|mas temprano|se puede cambiar|puedo cambiar|cambiar el horario|cambiar el turno",
		}, "por favor gracias muchas a el la los las de del yo y con para un una buenos buenas dias tardes noches dia hola doctor doctora dr dra mi cita turno alli ahi si ya entonces todo muy h hora horas 😊 🙏 😀 🙂 😉 ❤ 🎉",
			"pero aunque quizas quiza excepto salvo"),
	}
})
