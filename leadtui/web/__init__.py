"""The front end for programs and browsers: web forms, landing pages and events, over HTTP.

Needs the extra ``leadtui[intake]``; nothing else imports Starlette or uvicorn."""
