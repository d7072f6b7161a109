"""Pages as pictures beside what was made of them."""
