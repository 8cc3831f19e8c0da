using Xunit;

namespace Canary.Tests.Models.Templates;

/// <summary>Templates of the kinds that honest models bring, written after their structure: what is said of them is a false alarm.</summary>
internal static class HonestTemplates
{
    public static TheoryData<string> Names => [.. All.Select(t => t.Name)];

    public static string Text(string name) => All.Single(t => t.Name == name).Text;

    public static readonly (string Name, string Text)[] All =
    [
        ("chatml", """
            {% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}
            """),
        ("chatml with a default", """
            {%- if messages[0]['role'] != 'system' -%}
                {{- '<|im_start|>system\nYou are a careful assistant that answers in short sentences.<|im_end|>\n' -}}
            {%- endif -%}
            {%- for message in messages -%}
                {%- if message.content is string and message.content | trim != '' -%}
                    {{- '<|im_start|>' ~ message.role ~ '\n' ~ message.content | trim ~ '<|im_end|>\n' -}}
                {%- endif -%}
            {%- endfor -%}
            """),
        ("llama 2", """
            {% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}
            {% elif use_default and not '<<SYS>>' in messages[0]['content'] %}{% set loop_messages = messages %}{% set system_message = 'You are a helpful and honest assistant. Answer as well as you can, and stay safe.' %}
            {% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}
            {% for message in loop_messages %}
              {% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must take turns: user, assistant, user and so on') }}{% endif %}
              {% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\n' + system_message + '\n<</SYS>>\n\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}
              {% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}
            {% endfor %}
            """),
        ("llama 3 with tools", """
            {{- bos_token }}
            {%- if custom_tools is defined %}{%- set tools = custom_tools %}{%- endif %}
            {%- if not tools_in_user_message is defined %}{%- set tools_in_user_message = true %}{%- endif %}
            {%- if not date_string is defined %}
                {%- if strftime_now is defined %}{%- set date_string = strftime_now("%d %b %Y") %}{%- else %}{%- set date_string = "26 Jul 2024" %}{%- endif %}
            {%- endif %}
            {%- if not tools is defined %}{%- set tools = none %}{%- endif %}
            {%- if messages[0]['role'] == 'system' %}
                {%- set system_message = messages[0]['content']|trim %}{%- set messages = messages[1:] %}
            {%- else %}{%- set system_message = "" %}{%- endif %}
            {{- "<|start_header_id|>system<|end_header_id|>\n\n" }}
            {%- if tools is not none %}{{- "Environment: ipython\n" }}{%- endif %}
            {{- "Knowledge ends in a certain month\n" }}{{- "Today is " + date_string + "\n\n" }}
            {%- if tools is not none and not tools_in_user_message %}
                {{- "These functions may be called. Answer with JSON for one call with its arguments.\n\n" }}
                {%- for t in tools %}{{- t | tojson(indent=4) }}{{- "\n\n" }}{%- endfor %}
            {%- endif %}
            {{- system_message }}{{- "<|eot_id|>" }}
            {%- if tools_in_user_message and not tools is none %}
                {%- if messages | length != 0 %}{%- set first_user_message = messages[0]['content']|trim %}{%- set messages = messages[1:] %}
                {%- else %}{{- raise_exception("There is no first message of the user to put the tools into") }}{%- endif %}
                {{- '<|start_header_id|>user<|end_header_id|>\n\n' -}}{{- "Here are the functions; answer with a call where one fits.\n\n" }}
                {%- for t in tools %}{{- t | tojson(indent=4) }}{%- endfor %}{{- first_user_message + "<|eot_id|>" }}
            {%- endif %}
            {%- for message in messages %}
                {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
                    {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' }}
                {%- elif 'tool_calls' in message %}
                    {%- if not message.tool_calls|length == 1 %}{{- raise_exception("Only one call at once!") }}{%- endif %}
                    {%- set tool_call = message.tool_calls[0].function %}
                    {%- if builtin_tools is defined and tool_call.name in builtin_tools %}
                        {{- "<|python_tag|>" + tool_call.name + ".call(" }}
                        {%- for arg_name, arg_val in tool_call.arguments | items %}{{- arg_name + '="' + arg_val + '"' }}{%- if not loop.last %}{{- ", " }}{%- endif %}{%- endfor %}{{- ")" }}
                    {%- else %}{{- '{"name": "' + tool_call.name + '", ' }}{{- '"parameters": ' }}{{- tool_call.arguments | tojson }}{{- "}" }}{%- endif %}
                {%- elif message.role == "tool" or message.role == "ipython" %}
                    {%- if message.content is mapping or message.content is iterable %}{{- message.content | tojson }}{%- else %}{{- message.content }}{%- endif %}{{- "<|eot_id|>" }}
                {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{%- endif %}
            """),
        ("mistral with tools", """
            {%- if messages[0]["role"] == "system" %}{%- set system_message = messages[0]["content"] %}{%- set loop_messages = messages[1:] %}{%- else %}{%- set loop_messages = messages %}{%- endif %}
            {%- if not tools is defined %}{%- set tools = none %}{%- endif %}
            {%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
            {%- set ns = namespace() %}{%- set ns.index = 0 %}
            {%- for message in loop_messages %}
                {%- if not (message.role == "tool" or message.role == "tool_results" or (message.tool_calls is defined and message.tool_calls is not none)) %}
                    {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}{{- raise_exception("After the system message, roles must take turns user and assistant") }}{%- endif %}
                    {%- set ns.index = ns.index + 1 %}
                {%- endif %}
            {%- endfor %}
            {{- bos_token }}
            {%- for message in loop_messages %}
                {%- if message["role"] == "user" %}
                    {%- if tools is not none and (message == user_messages[-1]) %}
                        {{- "[AVAILABLE_TOOLS] [" }}
                        {%- for tool in tools %}{%- set tool = tool.function %}{{- '{"type": "function", "function": {' }}
                            {%- for key, val in tool.items() if key != "return" %}{%- if val is string %}{{- '"' + key + '": "' + val + '"' }}{%- else %}{{- '"' + key + '": ' + val|tojson }}{%- endif %}{%- if not loop.last %}{{- ", " }}{%- endif %}{%- endfor %}{{- "}}" }}
                            {%- if not loop.last %}{{- ", " }}{%- else %}{{- "]" }}{%- endif %}
                        {%- endfor %}{{- "[/AVAILABLE_TOOLS]" }}
                    {%- endif %}
                    {%- if loop.last and system_message is defined %}{{- "[INST] " + system_message + "\n\n" + message["content"] + "[/INST]" }}{%- else %}{{- "[INST] " + message["content"] + "[/INST]" }}{%- endif %}
                {%- elif message.tool_calls is defined and message.tool_calls is not none %}
                    {{- "[TOOL_CALLS] [" }}
                    {%- for tool_call in message.tool_calls %}{%- set out = tool_call.function|tojson %}{{- out[:-1] }}
                        {%- if not tool_call.id is defined or tool_call.id|length != 9 %}{{- raise_exception("Ids of calls should have 9 letters or digits!") }}{%- endif %}{{- ', "id": "' + tool_call.id + '"}' }}
                    {%- endfor %}{{- "]" + eos_token }}
                {%- elif message["role"] == "assistant" %}{{- " " + message["content"]|trim + eos_token}}
                {%- elif message["role"] == "tool_results" or message["role"] == "tool" %}
                    {%- if message.content is defined and message.content.content is defined %}{%- set content = message.content.content %}{%- else %}{%- set content = message.content %}{%- endif %}
                    {{- '[TOOL_RESULTS] {"content": ' + content|string + ", " }}{{- '"call_id": "' + message.tool_call_id + '"}[/TOOL_RESULTS]' }}
                {%- else %}{{- raise_exception("Only user, assistant and tool roles are known, beside a first system message!") }}{%- endif %}
            {%- endfor %}
            """),
        ("gemma", """
            {{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('There is no system role') }}{% endif %}
            {% for message in messages %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}
            {{ '<start_of_turn>' + role + '\n' }}
            {%- if message['content'] is string -%}{{ message['content'] | trim }}
            {%- elif message['content'] is iterable -%}{%- for item in message['content'] -%}{%- if item['type'] == 'image' -%}{{ '<start_of_image>' }}{%- elif item['type'] == 'text' -%}{{ item['text'] | trim }}{%- endif -%}{%- endfor -%}
            {%- else -%}{{ raise_exception("Invalid content type") }}{%- endif -%}
            {{ '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}
            """),
        ("qwen 3 with thinking", """
            {%- if tools %}
                {{- '<|im_start|>system\n' }}{%- if messages[0].role == 'system' %}{{- messages[0].content + '\n\n' }}{%- endif %}
                {{- "# Tools\n\nFunctions may be called to help with the query. Their signatures stand within tags:\n<tools>" }}
                {%- for tool in tools %}{{- "\n" }}{{- tool | tojson }}{%- endfor %}{{- "\n</tools>\n<|im_end|>\n" }}
            {%- elif messages[0].role == 'system' %}{{- '<|im_start|>system\n' + messages[0].content + '<|im_end|>\n' }}{%- endif %}
            {%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
            {%- for message in messages[::-1] %}
                {%- set index = (messages|length - 1) - loop.index0 %}
                {%- if ns.multi_step_tool and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
                    {%- set ns.multi_step_tool = false %}{%- set ns.last_query_index = index %}
                {%- endif %}
            {%- endfor %}
            {%- for message in messages %}
                {%- if message.content is string %}{%- set content = message.content %}{%- else %}{%- set content = '' %}{%- endif %}
                {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}{{- '<|im_start|>' + message.role + '\n' + content + '<|im_end|>' + '\n' }}
                {%- elif message.role == "assistant" %}
                    {%- set reasoning_content = '' %}
                    {%- if message.reasoning_content is string %}{%- set reasoning_content = message.reasoning_content %}
                    {%- else %}{%- if '</think>' in content %}
                        {%- set reasoning_content = content.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n') %}{%- set content = content.split('</think>')[-1].lstrip('\n') %}
                    {%- endif %}{%- endif %}
                    {%- if loop.index0 > ns.last_query_index %}
                        {%- if loop.last or (not loop.last and reasoning_content) %}{{- '<|im_start|>' + message.role + '\n<think>\n' + reasoning_content.strip('\n') + '\n</think>\n\n' + content.lstrip('\n') }}
                        {%- else %}{{- '<|im_start|>' + message.role + '\n' + content }}{%- endif %}
                    {%- else %}{{- '<|im_start|>' + message.role + '\n' + content }}{%- endif %}
                    {%- if message.tool_calls %}{%- for tool_call in message.tool_calls %}
                        {%- if (loop.first and content) or (not loop.first) %}{{- '\n' }}{%- endif %}
                        {%- if tool_call.function %}{%- set tool_call = tool_call.function %}{%- endif %}
                        {{- '<tool_call>\n{"name": "' }}{{- tool_call.name }}{{- '", "arguments": ' }}
                        {%- if tool_call.arguments is string %}{{- tool_call.arguments }}{%- else %}{{- tool_call.arguments | tojson }}{%- endif %}{{- '}\n</tool_call>' }}
                    {%- endfor %}{%- endif %}
                    {{- '<|im_end|>\n' }}
                {%- elif message.role == "tool" %}
                    {%- if loop.first or (messages[loop.index0 - 1].role != "tool") %}{{- '<|im_start|>user' }}{%- endif %}
                    {{- '\n<tool_response>\n' }}{{- content }}{{- '\n</tool_response>' }}
                    {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}{{- '<|im_end|>\n' }}{%- endif %}
                {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\n\n</think>\n\n' }}{%- endif %}{%- endif %}
            """),
        ("qwen with vision", """
            {% set image_count = namespace(value=0) %}{% set video_count = namespace(value=0) %}{% for message in messages %}{% if loop.first and message['role'] != 'system' %}<|im_start|>system
            You are a helpful assistant.<|im_end|>
            {% endif %}<|im_start|>{{ message['role'] }}
            {% if message['content'] is string %}{{ message['content'] }}<|im_end|>
            {% else %}{% for content in message['content'] %}{% if content['type'] == 'image' or 'image' in content or 'image_url' in content %}{% set image_count.value = image_count.value + 1 %}{% if add_vision_id %}Picture {{ image_count.value }}: {% endif %}<|vision_start|><|image_pad|><|vision_end|>{% elif content['type'] == 'video' or 'video' in content %}{% set video_count.value = video_count.value + 1 %}{% if add_vision_id %}Video {{ video_count.value }}: {% endif %}<|vision_start|><|video_pad|><|vision_end|>{% elif 'text' in content %}{{ content['text'] }}{% endif %}{% endfor %}<|im_end|>
            {% endif %}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
            {% endif %}
            """),
        ("deepseek with thinking", """
            {% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}{% set ns = namespace(is_first=false, is_tool=false, is_output_first=true, system_prompt='') %}
            {%- for message in messages %}{%- if message['role'] == 'system' %}{% set ns.system_prompt = message['content'] %}{%- endif %}{%- endfor %}{{bos_token}}{{ns.system_prompt}}
            {%- for message in messages %}
            {%- if message['role'] == 'user' %}{%- set ns.is_tool = false -%}{{'<｜User｜>' + message['content']}}{%- endif %}
            {%- if message['role'] == 'assistant' and message['content'] is none %}{%- set ns.is_tool = false -%}
            {%- for tool in message['tool_calls']%}{%- if not ns.is_first %}{{'<｜Assistant｜><｜tool▁calls▁begin｜><｜tool▁call▁begin｜>' + tool['type'] + '<｜tool▁sep｜>' + tool['function']['name'] + '\n' + '```json' + '\n' + tool['function']['arguments'] + '\n' + '```' + '<｜tool▁call▁end｜>'}}{%- set ns.is_first = true -%}{%- endif %}{%- endfor %}{%- endif %}
            {%- if message['role'] == 'assistant' and message['content'] is not none %}
            {%- if ns.is_tool %}{{'<｜tool▁outputs▁end｜>' + message['content'] + '<｜end▁of▁sentence｜>'}}{%- set ns.is_tool = false -%}
            {%- else %}{% set content = message['content'] %}{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}{{'<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>'}}{%- endif %}{%- endif %}
            {%- if message['role'] == 'tool' %}{%- set ns.is_tool = true -%}{%- if ns.is_output_first %}{{'<｜tool▁outputs▁begin｜><｜tool▁output▁begin｜>' + message['content'] + '<｜tool▁output▁end｜>'}}{%- set ns.is_output_first = false %}{%- endif %}{%- endif %}
            {%- endfor -%}{% if ns.is_tool %}{{'<｜tool▁outputs▁end｜>'}}{% endif %}{% if add_generation_prompt and not ns.is_tool %}{{'<｜Assistant｜><think>\n'}}{% endif %}
            """),
        ("phi", """
            {% for message in messages %}{% if message['role'] == 'system' and 'tools' in message and message['tools'] is not none %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|tool|>' + message['tools'] + '<|/tool|>' + '<|end|>' }}{% else %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% else %}{{ eos_token }}{% endif %}
            """),
        ("command r with documents", """
            {{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% elif false == true %}{% set loop_messages = messages %}{% set system_message = 'You are a large model that was trained to help.' %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}
            {%- macro document_turn(documents) -%}
            {%- for doc in documents %}Document: {{ loop.index0 }}
            {% for key, value in doc.items() %}{{ key }}: {{ value }}
            {% endfor %}{% endfor -%}{%- endmacro -%}
            {% if documents %}{{ '<|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|><results>\n' }}{{ document_turn(documents) }}{{ '</results><|END_OF_TURN_TOKEN|>' }}{% endif %}
            {% for message in loop_messages %}{% set content = message['content'] %}{% if message['role'] == 'user' %}{{ '<|START_OF_TURN_TOKEN|><|USER_TOKEN|>' + content.strip() + '<|END_OF_TURN_TOKEN|>' }}{% elif message['role'] == 'assistant' %}{{ '<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>'  + content.strip() + '<|END_OF_TURN_TOKEN|>' }}{% endif %}{% endfor %}
            {% if documents %}{{ '<|SYSTEM_TOKEN|>Write an answer to the last question of the user, and say on which documents it rests.' }}{% endif %}
            """),
        ("types of tools by a macro", """
            {%- macro json_to_python_type(json_spec) %}
                {%- set basic_type_map = { "string": "str", "number": "float", "integer": "int", "boolean": "bool" } %}
                {%- if basic_type_map[json_spec.type] is defined %}{{- basic_type_map[json_spec.type] }}
                {%- elif json_spec.type == "array" %}{{- "list[" + json_to_python_type(json_spec|items) + "]" }}
                {%- elif json_spec.type is iterable and json_spec.type is not string %}{{- "Union[" }}{%- for t in json_spec.type %}{{- json_to_python_type({"type": t}) }}{%- if not loop.last %}{{- "," }}{%- endif %}{%- endfor %}{{- "]" }}
                {%- else %}{{- "Any" }}{%- endif %}
            {%- endmacro %}
            {{- bos_token }}{{- '<|im_start|>system\nYou are a model that calls functions. Their signatures stand within tags. Do not assume what values to put into them. <tools> ' }}
            {%- for tool in tools %}{%- if tool.function is defined %}{%- set tool = tool.function %}{%- endif %}
                {{- '{"type": "function", "function": {"name": "' + tool.name + '", "description": "' + tool.name + '(' }}
                {%- for param_name, param_fields in tool.parameters.properties|items %}{{- param_name + ": " + json_to_python_type(param_fields) }}{%- if not loop.last %}{{- ", " }}{%- endif %}{%- endfor %}{{- ")" }}
                {%- if tool.parameters.properties | length == 0 %}{{- '", "parameters": {}}' }}{%- else %}{{- '", "parameters": ' }}{{- tool.parameters|tojson }}{{- "}" }}{%- endif %}
            {%- endfor %}{{- " </tools>" }}
            {%- for message in messages %}{%- if message.role == "user" or (message.role == "assistant" and message.tool_calls is not defined) %}{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}{%- endif %}{%- endfor %}
            """),
        ("a switch for thinking", """
            {%- set ns = namespace(think=true) -%}
            {%- if messages[0].role == "system" -%}{%- set system_message = messages[0].content -%}
                {%- if "/no_think" in system_message -%}{%- set mode = "/no_think" -%}{%- elif "/think" in system_message -%}{%- set mode = "/think" -%}{%- endif -%}
                {%- set custom = system_message.replace("/no_think", "").replace("/think", "").rstrip() -%}{%- endif -%}
            {{- "## Metadata\n\nKnowledge ends in June\nToday is " ~ strftime_now("%d %B %Y") ~ "\nReasoning Mode: " + mode + "\n\n" -}}
            {%- if mode == "/think" -%}{{- "You are an assistant that thinks at length about each question before it answers it." -}}{%- else -%}{{- "You are an assistant that answers at once." -}}{%- endif -%}
            {%- for message in messages -%}{%- set content = message.content if message.content is string else "" -%}
                {%- if message.role == "user" -%}{{ "<|im_start|>user\n" + content + "<|im_end|>\n" }}
                {%- elif message.role == "assistant" -%}{% generation %}{%- if mode == "/think" -%}{{ "<|im_start|>assistant\n" + content.lstrip("\n") + "<|im_end|>\n" }}{%- else -%}{{ "<|im_start|>assistant\n<think>\n\n</think>\n" + content.lstrip("\n") + "<|im_end|>\n" }}{%- endif -%}{% endgeneration %}{%- endif -%}
            {%- endfor -%}
            """),
        ("channels", """
            {%- macro render_tool_namespace(namespace_name, tools) -%}{{- "## " + namespace_name + "\n\n" }}{{- "namespace " + namespace_name + " {\n\n" }}
                {%- for tool in tools %}{%- set tool = tool.function %}{{- "// " + tool.description + "\n" }}{{- "type "+ tool.name + " = () => any;\n\n" }}{%- endfor %}{{- "} // namespace " + namespace_name }}{%- endmacro -%}
            {%- macro build_system_message() -%}{%- if model_identity is not defined %}{%- set model_identity = "You are a large language model." %}{%- endif %}{{- model_identity + "\n" }}{{- "Current date: " + strftime_now("%Y-%m-%d") + "\n\n" }}
                {%- if reasoning_effort is not defined %}{%- set reasoning_effort = "medium" %}{%- endif %}{{- "Reasoning: " + reasoning_effort + "\n\n" }}{{- "# Valid channels: analysis, commentary, final. One must be given for every message." }}{%- endmacro -%}
            {{- "<|start|>system<|message|>" }}{{- build_system_message() }}{{- "<|end|>" }}
            {%- if tools -%}{{- render_tool_namespace("functions", tools) }}{%- endif -%}
            {%- set last_tool_call = namespace(name=none) %}
            {%- for message in messages -%}
                {%- if message.role == 'assistant' -%}
                    {%- if "content" in message %}{%- if "<|channel|>analysis<|message|>" in message.content or "<|channel|>final<|message|>" in message.content %}{{- raise_exception("The content of a message has tags of channels; it should have the final text, and the field for thinking the rest.") }}{%- endif %}{%- endif %}
                    {%- if "tool_calls" in message %}{%- set tool_call = message.tool_calls[0] %}{%- if tool_call.function %}{%- set tool_call = tool_call.function %}{%- endif %}{{- "<|start|>assistant to=functions." + tool_call.name + "<|channel|>commentary json<|message|>" }}{{- tool_call.arguments|tojson }}{{- "<|call|>" }}{%- set last_tool_call.name = tool_call.name %}
                    {%- elif loop.last and not add_generation_prompt %}{{- "<|start|>assistant<|channel|>analysis<|message|>" + message.thinking + "<|end|>" }}{{- "<|start|>assistant<|channel|>final<|message|>" + message.content + "<|return|>" }}
                    {%- else %}{{- "<|start|>assistant<|channel|>final<|message|>" + message.content + "<|end|>" }}{%- endif %}
                {%- elif message.role == 'tool' -%}{%- if last_tool_call.name is none %}{{- raise_exception("A message has the role tool, and no call went before it!") }}{%- endif %}{{- "<|start|>functions." + last_tool_call.name }}{{- " to=assistant<|channel|>commentary<|message|>" + message.content|tojson + "<|end|>" }}
                {%- elif message.role == 'user' -%}{{- "<|start|>user<|message|>" + message.content + "<|end|>" }}{%- endif -%}
            {%- endfor -%}
            """),
        ("a switch at the end of a content", """
            [gMASK]<sop>{%- macro visible_text(content) -%}{%- if content is string -%}{{- content }}{%- elif content is iterable and content is not mapping -%}{%- for item in content -%}{%- if item is mapping and item.type == 'text' -%}{{- item.text }}{%- elif item is string -%}{{- item }}{%- endif -%}{%- endfor -%}{%- else -%}{{- content }}{%- endif -%}{%- endmacro -%}
            {%- set ns = namespace(last_user_index=-1) %}{%- for m in messages %}{%- if m.role == 'user' %}{% set ns.last_user_index = loop.index0 -%}{%- endif %}{%- endfor %}
            {% for m in messages %}{%- if m.role == 'user' -%}<|user|>
            {{ visible_text(m.content) }}
            {{- '/nothink' if (enable_thinking is defined and not enable_thinking and not visible_text(m.content).endswith("/nothink")) else '' -}}
            {%- elif m.role == 'assistant' -%}<|assistant|>
            {%- set reasoning_content = '' %}{%- set content = visible_text(m.content) %}
            {%- if m.reasoning_content is string %}{%- set reasoning_content = m.reasoning_content %}{%- elif '</think>' in content %}{%- set reasoning_content = content.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n') %}{%- set content = content.split('</think>')[-1].lstrip('\n') %}{%- endif %}
            {%- if loop.index0 > ns.last_user_index and reasoning_content -%}{{ '\n<think>' + reasoning_content.strip() +  '</think>'}}{%- else -%}{{ '\n<think></think>' }}{%- endif -%}{%- if content.strip() -%}{{ '\n' + content.strip() }}{%- endif -%}
            {%- endif -%}{%- endfor -%}{%- if add_generation_prompt -%}<|assistant|>{{- '\n<think></think>' if (enable_thinking is defined and not enable_thinking) else '' -}}{%- endif -%}
            """),
        ("alpaca", """
            {% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}{%- set ns = namespace(found=false) -%}{%- for message in messages -%}{%- if message['role'] == 'system' -%}{%- set ns.found = true -%}{%- endif -%}{%- endfor -%}
            {{bos_token}}{%- if not ns.found -%}{{'You are a programming assistant, and you only answer questions about programs.\n'}}{%- endif %}{%- for message in messages %}{%- if message['role'] == 'user' %}{{'### Instruction:\n' + message['content'] + '\n'}}{%- else %}{{'### Response:\n' + message['content'] + '\n<|EOT|>\n'}}{%- endif %}{%- endfor %}{{'### Response:\n'}}
            """),
    ];
}
