/** The widget's own words. Everything else comes from the channel's settings. */

const en = {
  open: 'Open chat',
  close: 'Close chat',
  unread: '{n} unread',
  hello: 'Hello! How can we help?',
  write: 'Write a message…',
  send: 'Send',
  attach: 'Attach a photo or PDF',
  typing: 'Typing…',
  assistant: 'Assistant',
  you: 'You',
  privacy: 'Privacy',
  waiting: 'No connection. Your messages are sent as soon as it is back.',
  sending: 'Sending',
  sent: 'Sent',
  read: 'Read',
  failed: 'Not sent.',
  retry: 'Try again',
  discard: 'Delete',
  tooLong: 'Too long: at most {n} characters.',
  tooBig: 'This file is too large: at most {n} MB.',
  badFile: 'Only photos (PNG, JPEG, GIF, WebP) and PDF files can be sent.',
  image: 'Photo',
  messages: 'Messages',
  replies: 'Suggested replies',
  new: 'New message',
  latest: 'Jump to the latest message',
}

export type Texts = Record<keyof typeof en, string>

const pt: Texts = {
  open: 'Abrir conversa',
  close: 'Fechar conversa',
  unread: '{n} não lidas',
  hello: 'Olá! Como podemos ajudar?',
  write: 'Escreva uma mensagem…',
  send: 'Enviar',
  attach: 'Anexar foto ou PDF',
  typing: 'Digitando…',
  assistant: 'Assistente',
  you: 'Você',
  privacy: 'Privacidade',
  waiting: 'Sem conexão. Suas mensagens serão enviadas assim que ela voltar.',
  sending: 'Enviando',
  sent: 'Enviada',
  read: 'Lida',
  failed: 'Não enviada.',
  retry: 'Tentar de novo',
  discard: 'Apagar',
  tooLong: 'Texto longo demais: no máximo {n} caracteres.',
  tooBig: 'Este arquivo é grande demais: no máximo {n} MB.',
  badFile: 'Só é possível enviar fotos (PNG, JPEG, GIF, WebP) e arquivos PDF.',
  image: 'Foto',
  messages: 'Mensagens',
  replies: 'Respostas sugeridas',
  new: 'Nova mensagem',
  latest: 'Ir para a última mensagem',
}

const es: Texts = {
  open: 'Abrir chat',
  close: 'Cerrar chat',
  unread: '{n} sin leer',
  hello: '¡Hola! ¿En qué podemos ayudarte?',
  write: 'Escribe un mensaje…',
  send: 'Enviar',
  attach: 'Adjuntar foto o PDF',
  typing: 'Escribiendo…',
  assistant: 'Asistente',
  you: 'Tú',
  privacy: 'Privacidad',
  waiting: 'Sin conexión. Tus mensajes se enviarán en cuanto vuelva.',
  sending: 'Enviando',
  sent: 'Enviado',
  read: 'Leído',
  failed: 'No enviado.',
  retry: 'Reintentar',
  discard: 'Borrar',
  tooLong: 'Texto demasiado largo: máximo {n} caracteres.',
  tooBig: 'Este archivo es demasiado grande: máximo {n} MB.',
  badFile: 'Solo se pueden enviar fotos (PNG, JPEG, GIF, WebP) y archivos PDF.',
  image: 'Foto',
  messages: 'Mensajes',
  replies: 'Respuestas sugeridas',
  new: 'Mensaje nuevo',
  latest: 'Ir al último mensaje',
}

export const languages: Record<string, Texts> = { en, 'pt-BR': pt, es }

/** The first of the wished locales that we speak: exactly, else by language, else English. */
export function pickLocale(...wished: (string | null | undefined)[]): string {
  for (const w of wished) {
    const language = w?.toLowerCase().split(/[-_]/)[0]
    const found = language && Object.keys(languages).find((l) => l.split('-')[0] === language)
    if (found) return found
  }
  return 'en'
}

export const fill = (text: string, n: number) => text.replace('{n}', String(n))
