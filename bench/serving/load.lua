-- Sends the steps of a plan one after another from `start` on, again and again, each body unlike any other.
-- At the end one line begins with "bench " and tells, in JSON, what came of it. Times are in microseconds.

local threads = {}

function setup(thread)
   table.insert(threads, thread)
end

function init(args)
   plan = dofile(args[1])
   turn, count, failures, failed = plan.start, 0, 0, ""
   for _, step in ipairs(plan.steps) do
      if not step.before then
         step.text = wrk.format(step.method, step.path, step.headers)
      end
   end
   if plan.watched then
      response = function(status, headers, body)
         if status < 200 or status > 299 then
            failures = failures + 1
            if failed == "" then
               failed = status .. " " .. body:sub(1, 300)
            end
         end
      end
   end
end

function request()
   turn = turn % #plan.steps + 1
   local step = plan.steps[turn]
   if step.text then
      return step.text
   end
   count = count + 1
   return wrk.format(step.method, step.path, step.headers, step.before .. plan.run .. count .. step.after)
end

local function quoted(text)
   return '"' .. text:gsub('[%c"\\\128-\255]', function(char)
      return string.format("\\u%04x", char:byte())
   end) .. '"'
end

function done(summary, latency, requests)
   local bad, failed = 0, ""
   for _, thread in ipairs(threads) do
      bad = bad + thread:get("failures")
      failed = failed ~= "" and failed or thread:get("failed")
   end
   local errors = summary.errors
   io.write(string.format(
      'bench {"requests":%d,"duration":%d,"bytes":%d,"p50":%d,"p99":%d,"longest":%d,' ..
         '"refused":%d,"broken":%d,"timeouts":%d,"statuses":%d,"failed":%s}\n',
      summary.requests, summary.duration, summary.bytes,
      latency:percentile(50), latency:percentile(99), latency.max,
      errors.connect, errors.read + errors.write, errors.timeout, math.max(errors.status, bad), quoted(failed)
   ))
end
