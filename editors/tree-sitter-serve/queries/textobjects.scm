(declaration body: (_) @class.inside) @class.around
(nested body: (_) @function.inside) @function.around
(field value: (_) @parameter.inside) @parameter.around
(argument) @parameter.around
(comment) @comment.around
