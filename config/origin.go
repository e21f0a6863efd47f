package config

// elsewhere is where the variables of the systems that Recado takes the place of
// went: a setting, a screen, or nowhere because nothing needs them any more. A
// star stands for all names with that beginning.
var elsewhere = []struct{ names, now string }{
	{"`DATABASE_URL`, `DB_*`", "not needed: the database is a file in `RECADO_DIR`"},
	{"`REDIS_*`", "not needed: queues and locks are rows of the database"},
	{"`PORT`", "`RECADO_HTTP`, with the address"},
	{"`NODE_ENV`", "not needed: there is one way to run; `--dev` is PocketBase's"},
	{"`LOG_LEVEL`", "`RECADO_LOG_LEVEL`"},
	{"`JWT_SECRET`, `JWT_REFRESH_SECRET`", "not needed: each data folder makes its own; the dashboard can change them (collection `users` › Options)"},
	{"`JWT_EXPIRES_IN`", "the dashboard: collection `users` › Options › Tokens"},
	{"`ENV_TOKEN`", "`RECADO_INSTANCE_KEY`, for companies only; for what is in one an API key, see [api.md](api.md)"},
	{"`FRONTEND_URL`", "`RECADO_URL`; `RECADO_ORIGINS` for scripts of other websites; the widget's websites in the channel's settings"},
	{"`META_ACCESS_TOKEN`, `META_PHONE_NUMBER_ID`", "not there yet: WhatsApp's Cloud API will be a channel with its own settings"},
	{"`SMTP_*`", "`RECADO_SMTP_HOST`, `RECADO_SMTP_PORT`, `RECADO_SMTP_USER`, `RECADO_SMTP_PASSWORD`, `RECADO_SMTP_TLS`, `RECADO_SMTP_SENDER`; or the dashboard: Settings › Mail settings"},
	{"`UPLOAD_DIR`", "`RECADO_DIR` (its `storage/`), or S3 in the dashboard: Settings › Files storage"},
	{"`AWS_*`", "the dashboard: Settings › Files storage, and Settings › Backups"},
	{"`STRIPE_SECRET_KEY`", "not there yet: there is no billing"},
	{"`TWILIO_*`", "not there yet: there is no channel for SMS"},
	{"`SENDGRID_API_KEY`", "not needed: any mail server, SendGrid's too: `RECADO_SMTP_HOST` and those beside it"},
	{"`GOOGLE_CLOUD_PROJECT_ID`", "not needed: files are in `RECADO_DIR` or S3"},
	{"`FIREBASE_ADMIN_SDK_JSON`", "not needed: the browser notifies while a tab is open"},
	{"`SENTRY_DSN`, `BULL_BOARD_*`", "not needed: `/api/recado/health` and the dashboard's logs show what fails"},
}
