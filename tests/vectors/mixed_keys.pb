"both key sets in one document*.QmYkZQm4hTtjzXnCqVN3c1bqPQGWb6fDk4ZBvAfhKcL9tT2
bafkqaaa:
b2vH:usage: tool [-h] FILE
@Jfields in no orderX