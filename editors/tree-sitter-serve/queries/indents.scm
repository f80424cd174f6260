[(block) (list) (arguments) (use)] @indent.begin
["}" "]" ")"] @indent.branch @indent.end
