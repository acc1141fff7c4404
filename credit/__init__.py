"""Rating schemes as data, ratings that keep their history, and credit lines."""
