[(block) (list) (arguments) (record_type)] @fold
