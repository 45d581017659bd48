-- Sends the requests of a file in turn: in each line token, method, path and body, with tabs between them.
local requests, place = {}, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local token, method, path, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    local headers = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }
    table.insert(requests, wrk.format(method, path, headers, body))
  end
end

function request()
  place = place % #requests + 1
  return requests[place]
end
