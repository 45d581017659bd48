-- The order every server gets.
wrk.method = "POST"
wrk.body = '{"prompt": "A lo-fi beat about rain on the window"}'
wrk.headers["Content-Type"] = "application/json"
